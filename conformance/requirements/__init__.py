"""What the RFCs ask of a server, as data: id, level, section and our own paraphrase."""
