"""One module an edit: replace, insert, remove; each turns a place in a document into text edits."""
