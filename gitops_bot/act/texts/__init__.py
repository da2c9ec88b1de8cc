"""Every word that the bot writes, decided from facts alone. Pure."""
