"""Who may come in: accounts, office links, feed links."""
