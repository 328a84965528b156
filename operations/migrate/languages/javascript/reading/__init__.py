"""What an app's sources say: functions, references, and what the names in them stand for."""
