"""The course's commands: `course` (setup), `lab`, `lessons` (notebooks), `broker` (Kafka)."""
