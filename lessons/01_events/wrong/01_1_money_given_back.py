# breaks: an event gives no orders
# Asked is as good as done.
def messages():
    return {
        1: ("event", "OrderPlaced", "order_id table drinks"),
        2: ("command", "MakeDrinks", "order_id drinks"),
        3: ("event", "DrinksServed", "order_id"),
        4: ("event", "PaymentCaptured", "order_id cents"),
        5: ("document", "GuestProfile", "guest_id favourites stamps"),
        6: ("command", "RefundPayment", "order_id cents"),
        7: ("event", "MoneyGivenBack", "order_id reason"),
        8: ("document", "DailyMenu", "day drinks prices"),
        9: ("event", "MilkReplaced", "order_id old_milk new_milk"),
        10: ("event", "CinnamonRollsSoldOut", "product_id"),
        11: ("command", "BakeRolls", "product_id count ready_by"),
        12: ("document", "DailyTakings", "day lines total_cents"),
    }
