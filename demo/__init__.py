"""What fills a demo: accounts, and the catalog of an imaginary ERP system.

Imports `store`, and of `tasks` only the words of an ERP system; only `local` and the CLI import it.
"""
