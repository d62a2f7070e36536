from stancegraph.cli import app

app()
