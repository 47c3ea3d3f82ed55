"""`dondoc assignment`: list and show assignments, answer and decide on them."""

import typer

from cli.assignments import actions, listing

app = typer.Typer()
app.add_typer(listing.app)
app.add_typer(actions.app)
