"""Tests: stories through the encrypted door, tables for rules, one suite for all stores, faults, the browser."""
