"""imap-conformance: sessions of several mail clients, played on real servers, judged by the RFCs.

Data flows one way: scenario -> play -> transcript -> check -> findings -> reports.
"""

__version__ = "0.1.0"
