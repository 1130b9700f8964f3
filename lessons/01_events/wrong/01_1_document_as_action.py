# breaks: a document is named after what it contains
# Named after the function that makes it.
def messages():
    return {
        1: ("event", "OrderPlaced", "order_id table drinks"),
        2: ("command", "MakeDrinks", "order_id drinks"),
        3: ("event", "DrinksServed", "order_id"),
        4: ("event", "PaymentCaptured", "order_id cents"),
        5: ("document", "GuestProfile", "guest_id name favourite stamps"),
        6: ("command", "RefundPayment", "order_id cents"),
        7: ("event", "RefundRequested", "order_id reason"),
        8: ("document", "DailyMenu", "day drinks prices"),
        9: ("event", "MilkReplaced", "order_id old_milk new_milk"),
        10: ("event", "CinnamonRollsSoldOut", "product_id"),
        11: ("command", "BakeRolls", "product_id count needed_by"),
        12: ("document", "CreateDailyReport", "day lines total"),
    }
