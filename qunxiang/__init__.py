"""Qunxiang 群像: scattered customer data becomes portraits and audiences."""
