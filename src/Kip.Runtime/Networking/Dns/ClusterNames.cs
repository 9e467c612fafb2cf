namespace Kip.Runtime.Networking.Dns;

/// <summary>Who answers a question, and how.</summary>
public enum NameAnswer
{
    /// <summary>The machine's own resolvers.</summary>
    Forward,

    /// <summary>The gateway's address.</summary>
    Gateway,

    /// <summary>The name exists, but has nothing of the kind.</summary>
    Nothing,

    /// <summary>There is no such name.</summary>
    Unknown,
}

/// <summary>Which names are the cluster's.</summary>
public static class ClusterNames
{
    public const string Domain = "cluster.local";

    /// <summary>Decides about a question.</summary>
    /// <param name="question">What is asked for.</param>
    /// <param name="subnet">The pods' addresses, whose names nobody else knows either.</param>
    /// <param name="serves">Whether the gateway serves a host.</param>
    public static NameAnswer Decide(DnsQuestion question, Subnet subnet, Func<string, bool> serves)
    {
        var name = question.Name;
        if (name == Domain) return NameAnswer.Nothing;
        if (name.EndsWith("." + Domain, StringComparison.Ordinal))
            return !serves(name) ? NameAnswer.Unknown
                : question is { Type: DnsPacket.AddressType, Class: DnsPacket.InternetClass } ? NameAnswer.Gateway
                : NameAnswer.Nothing;
        return IsOfPods(name, subnet) ? NameAnswer.Unknown : NameAnswer.Forward;
    }

    private static bool IsOfPods(string name, Subnet subnet)
    {
        const string Reverse = ".in-addr.arpa";
        if (!name.EndsWith(Reverse, StringComparison.Ordinal)) return false;
        var labels = name[..^Reverse.Length].Split('.');
        if (labels.Length != 4) return false;
        Array.Reverse(labels);
        return System.Net.IPAddress.TryParse(string.Join('.', labels), out var address)
            && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            && Subnet.Number(address) - subnet.First < subnet.Size;
    }
}
