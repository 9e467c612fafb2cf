namespace Kip.Client.Kubeconfigs;

/// <summary>A kubeconfig that is missing, cannot be read, or asks for what is not supported; the message says which file and what to do.</summary>
public sealed class KubeconfigException(string message) : Exception(message);
