"""Loopback stand-ins for an estate: an Argo CD that replays a recording, and a forge over real Git repositories."""
