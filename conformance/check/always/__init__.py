"""Checks that nobody has to ask for: every response against all that is known when it comes.

``lens`` keeps what each client has been told (``client``, changed by ``telling`` and
``completing``), ``others`` what somebody else may have done meanwhile, and ``folders``
what the mailboxes must hold. ``view_*``, ``contract_*``, ``content*``, ``search*`` and
``capability`` are tables of small rules over them, each with its RFC section;
``between`` judges what all see at rest, by the ``effects`` of their commands.
"""
