"""What a C# app says: its types, its functions, and where it names them. Nothing here changes anything."""
