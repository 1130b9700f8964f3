# breaks: what has happened is an event, what is wanted is a command, mere data is a document
# An event-driven system has events, so all of them are.
def messages():
    return {
        1: ("event", "OrderPlaced", "order_id table drinks"),
        2: ("event", "DrinksRequested", "order_id"),
        3: ("event", "DrinksServed", "order_id"),
        4: ("event", "PaymentCaptured", "order_id cents"),
        5: ("document", "GuestProfile", "guest_id name favourite stamps"),
        6: ("event", "RefundOrdered", "order_id"),
        7: ("event", "RefundRequested", "order_id reason"),
        8: ("document", "DailyMenu", "day drinks prices"),
        9: ("event", "MilkReplaced", "order_id old_milk new_milk"),
        10: ("event", "CinnamonRollsSoldOut", "product_id"),
        11: ("event", "RollsOrdered", "product_id count"),
        12: ("document", "DailyTakings", "day lines total_cents"),
    }
