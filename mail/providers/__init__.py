"""Carry letters through the APIs of mail providers, one file each."""
