"""Records as GitHub's REST API shows them."""
