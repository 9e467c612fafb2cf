using System.Diagnostics;
using System.Net;

namespace Kip.Runtime.Networking;

/// <summary>The platform's own nftables table: the way out for pods, and what of this machine they may reach.</summary>
public static class Firewall
{
    /// <summary>The table as <c>nft -f</c> takes it; what was there under its name is replaced in one step.</summary>
    /// <param name="table">Its name.</param>
    /// <param name="bridge">The pods' bridge.</param>
    /// <param name="subnet">The pods' addresses.</param>
    /// <param name="gatewayPort">Where the gateway listens at the bridge's address: every other port there leads to it.</param>
    /// <param name="dnsPorts">Where the resolver listens, for UDP and for TCP.</param>
    /// <param name="apiPort">Where the API listens at the bridge's address: port 443 there leads to it. Null: nowhere.</param>
    public static string Rules(string table, string bridge, Subnet subnet, int gatewayPort, (int Udp, int Tcp) dnsPorts, int? apiPort = null) => $$"""
        table inet {{table}} {}
        delete table inet {{table}}
        table inet {{table}} {
          chain arriving {
            type nat hook prerouting priority dstnat; policy accept;
            iifname "{{bridge}}" ip daddr {{subnet.Gateway}} udp dport 53 redirect to :{{dnsPorts.Udp}}
            iifname "{{bridge}}" ip daddr {{subnet.Gateway}} tcp dport 53 redirect to :{{dnsPorts.Tcp}}
            {{(apiPort is null ? "" : $"iifname \"{bridge}\" ip daddr {subnet.Gateway} tcp dport 443 redirect to :{apiPort}")}}
            iifname "{{bridge}}" ip daddr {{subnet.Gateway}} meta l4proto tcp redirect to :{{gatewayPort}}
          }
          chain leaving {
            type nat hook postrouting priority srcnat; policy accept;
            ip saddr {{subnet}} oifname != "{{bridge}}" masquerade
          }
          chain machine {
            type filter hook input priority filter - 5; policy accept;
            iifname != "{{bridge}}" accept
            ct state established,related accept
            ip daddr {{subnet.Gateway}} udp dport {{dnsPorts.Udp}} accept
            ip daddr {{subnet.Gateway}} tcp dport { {{dnsPorts.Tcp}}, {{gatewayPort}}{{(apiPort is null ? "" : $", {apiPort}")}} } accept
            ip daddr {{subnet.Gateway}} icmp type echo-request accept
            drop
          }
          chain passing {
            type filter hook forward priority filter - 5; policy accept;
            iifname "{{bridge}}" ip saddr != {{subnet}} drop
            iifname "{{bridge}}" meta nfproto ipv6 drop
            oifname "{{bridge}}" iifname != "{{bridge}}" ct state new drop
          }
        }

        """;

    /// <summary>Has the rules taken into force.</summary>
    /// <exception cref="IOException">nft is not there, or refuses.</exception>
    public static Task ApplyAsync(string rules) => RunAsync(rules, "-f", "-");

    /// <summary>Removes a table; one that is not there is no mistake.</summary>
    public static async Task RemoveAsync(string table)
    {
        try
        {
            await RunAsync($"table inet {table} {{}}\ndelete table inet {table}\n", "-f", "-");
        }
        catch (IOException)
        {
            // Without nft there is no table either.
        }
    }

    private static async Task RunAsync(string input, params string[] arguments)
    {
        var program = ((string[])["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"]).FirstOrDefault(File.Exists)
            ?? throw new IOException("nft is not installed (Debian: apt install nftables)");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var complaint = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new IOException($"nft: {complaint.Trim().Split('\n')[0]}");
    }
}
