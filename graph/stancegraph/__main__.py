from stancegraph.cli.boundary import main

main()
