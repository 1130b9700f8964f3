# breaks: a name does not repeat its kind
# As in many code bases.
def messages():
    return {
        1: ("event", "OrderPlacedEvent", "order_id table drinks"),
        2: ("command", "MakeDrinks", "order_id drinks"),
        3: ("event", "DrinksServedEvent", "order_id"),
        4: ("event", "PaymentCapturedEvent", "order_id cents"),
        5: ("document", "GuestProfile", "guest_id name favourite stamps"),
        6: ("command", "RefundPayment", "order_id cents"),
        7: ("event", "RefundRequestedEvent", "order_id reason"),
        8: ("document", "DailyMenu", "day drinks prices"),
        9: ("event", "MilkReplacedEvent", "order_id old_milk new_milk"),
        10: ("event", "CinnamonRollsSoldOutEvent", "product_id"),
        11: ("command", "BakeRolls", "product_id count needed_by"),
        12: ("document", "DailyTakings", "day lines total_cents"),
    }
