"""Leads in campaigns: who is in which, where each stands, and how its life went on."""
