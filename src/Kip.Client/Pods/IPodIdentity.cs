using System.Net;
using Kip.Resources.Core;

namespace Kip.Client.Pods;

/// <summary>Gives a pod what it needs to talk to the API under its own name.</summary>
public interface IPodIdentity
{
    /// <summary>The certificate by which pods know the API, as PEM.</summary>
    string AuthorityPem { get; }

    /// <summary>A token of the pod's ServiceAccount that ends with the pod.</summary>
    /// <param name="audience">For whom it is meant; null: the API.</param>
    /// <param name="seconds">For how long it is wanted.</param>
    /// <exception cref="ApiException">404: the ServiceAccount is not there.</exception>
    PodToken Issue(Pod pod, string? audience, long seconds);

    /// <summary>Has the API listen at an address that pods reach, and completes with where it does.</summary>
    Task<IPEndPoint> ListenAsync(IPAddress address, CancellationToken cancel);
}

/// <summary>A token and its time.</summary>
/// <param name="RenewAt">When a new one should take its place: after four fifths of its life.</param>
public sealed record PodToken(string Text, DateTimeOffset RenewAt)
{
    // A token never reaches a log line by accident.
    public override string ToString() => $"token to be renewed at {RenewAt:O}";
}
