namespace Kip.Runtime.Environment;

/// <summary>A container's environment cannot be made; the kubelet's <c>CreateContainerConfigError</c>. Never carries a secret's value.</summary>
public sealed class EnvironmentException(string message) : Exception(message);
