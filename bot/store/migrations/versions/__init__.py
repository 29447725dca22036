"""One file a migration. A file that was released is never changed."""
