"""Rules about how a service fares as a whole: errors, latency, capacity, ways to its pods."""
