"""Runbooks and confirmed incidents, and how the page that fits is found.

`WordLibrary` needs no service. `hybrid.HybridLibrary` adds embeddings, kept in `pgvector` or `weaviate`.
"""

from gitops_bot.clients.retrieval.documents import Document, read_markdown
from gitops_bot.clients.retrieval.folders import EVERY_PAGE, read_folder
from gitops_bot.clients.retrieval.library import WordLibrary

__all__ = ["EVERY_PAGE", "Document", "WordLibrary", "read_folder", "read_markdown"]
