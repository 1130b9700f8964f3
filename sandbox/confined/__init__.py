"""The submission's own process: what runs there, beside the submission, and how it speaks to the referee.

    referee  ── call place_order("A-1", 420, db, bus) ──▶  the submission's process
             ◀── ask db.execute("INSERT …") ─────────────
             ── answer [] ──────────────────────────────▶
             ◀── return None ───────────────────────────

Nothing in here is trusted once the submission runs beside it: the referee believes only
what the world on its own side has seen. Both ends use `wire`, which writes values as data.
"""
