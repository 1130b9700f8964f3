# breaks: a name says what its own sentence says
# Any name in the past tense will do.
def messages():
    return {
        1: ("event", "PaymentCaptured", "order_id cents"),
        2: ("command", "MakeDrinks", "order_id drinks"),
        3: ("event", "DrinksServed", "order_id"),
        4: ("event", "OrderPlaced", "order_id"),
        5: ("document", "GuestProfile", "guest_id favourites stamps"),
        6: ("command", "RefundPayment", "order_id cents"),
        7: ("event", "RefundRequested", "order_id reason"),
        8: ("document", "DailyMenu", "day drinks prices"),
        9: ("event", "MilkReplaced", "order_id old_milk new_milk"),
        10: ("event", "CinnamonRollsSoldOut", "product_id"),
        11: ("command", "BakeRolls", "product_id count ready_by"),
        12: ("document", "DailyTakings", "day lines total_cents"),
    }
