"""Checks that nobody has to ask for: every response against all that is known when it comes.

``lens`` keeps what each client has been told and ``folders`` what the mailboxes must
hold; the other modules are tables of rules over them, each with its RFC section.
"""
