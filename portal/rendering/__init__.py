"""How pages are drawn: templates in the language of the visitor, and what is kept of them."""
