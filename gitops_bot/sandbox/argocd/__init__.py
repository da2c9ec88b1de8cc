"""An Argo CD on loopback that answers from recordings, as a read-only account sees it."""
