"""What the prose forbids and the published ABNF lets pass: named checks, each with its section.

``overlay`` states most of them as a narrower grammar, so that they cost nothing and point at an
octet; ``fetch`` holds what no context-free grammar can say.
"""
