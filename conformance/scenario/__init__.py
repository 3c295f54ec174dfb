"""The scenario language: its values, loader, writer and patterns. Nothing here plays or judges."""
