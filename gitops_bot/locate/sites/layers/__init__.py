"""What an Application is made of: its layers, the weakest first, one file a shape."""
