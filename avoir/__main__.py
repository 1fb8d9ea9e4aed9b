"""`python -m avoir`: the command line."""

from avoir.cli import main

if __name__ == "__main__":
    main()
