namespace Kip.ApiServer.Storage;

/// <summary>The store cannot be opened. The message says which folder, why, and what to do.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
