"""The patterns as a lesson builds them: the idea alone, which has to pass the contract too."""


class Inbox:
    """Ten lines: the mark and the effect share a transaction."""

    def __init__(self, db, reader):
        self.db, self.reader = db, reader
        db.execute("CREATE TABLE IF NOT EXISTS handled (reader TEXT, message TEXT UNIQUE)")

    def first_time(self, record):
        message = f"{self.reader} {record.envelope.source} {record.envelope.id}"
        if self.db.execute("SELECT 1 FROM handled WHERE message = ?", [message]):
            return False
        self.db.execute("INSERT INTO handled VALUES (?, ?)", [self.reader, message])
        return True
