"""One room per service. Vendor JSON and XML stop at its `mapping.py`; domain values come out."""
