"""What logs, alerts and sentences say, for where nothing more exact is told."""
