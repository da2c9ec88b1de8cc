"""Thin clients for what lives outside: servers, the forge, Git, and the programs that render manifests."""
