"""Rules about live objects that differ from Git although they were delivered."""
