# As a table of text, one message a line
TABLE = """
event     OrderPlaced       order_id table drinks
command   PrepareOrder      order_id drinks
event     OrderReady        order_id
event     PaymentReceived   order_id cents
document  Guest             guest_id name favourite_drink
command   ReimburseGuest    order_id cents reason
event     RefundAskedFor    order_id
document  PriceList         valid_on prices
event     MilkChanged       order_id milk
event     OutOfStock        product_id
command   StartBaking       product_id count by
document  SalesOfTheDay     date orders
"""


def messages():
    rows = enumerate(TABLE.strip().splitlines(), start=1)
    return {number: tuple(row.split(None, 2)) for number, row in rows}
