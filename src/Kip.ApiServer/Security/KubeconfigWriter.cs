using System.Text;

namespace Kip.ApiServer.Security;

/// <summary>Writes the kubeconfig that leads clients to this server.</summary>
public static class KubeconfigWriter
{
    private const string TokenField = "    token: ";

    /// <summary>The token that a kubeconfig written before holds; null when there is no such file or no token in it.</summary>
    public static string? ReadToken(string path) =>
        !File.Exists(path) ? null
        : File.ReadLines(path).FirstOrDefault(static line => line.TrimStart().StartsWith("token: ", StringComparison.Ordinal))?.Trim()["token: ".Length..];

    /// <summary>
    /// Writes the file, mode 0600. One that says the same already is left alone, with what its user added: another namespace, other contexts.
    /// </summary>
    public static void Write(string path, Uri server, string authorityPem, string token)
    {
        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(authorityPem));
        var address = server.ToString().TrimEnd('/');
        if (File.Exists(path) && Says(path, $"server: {address}", $"certificate-authority-data: {authority}", $"token: {token}")) return;
        PrivateFile.Write(path, $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: kip
              cluster:
                server: {address}
                certificate-authority-data: {authority}
            users:
            - name: kip
              user:
            {TokenField}{token}
            contexts:
            - name: kip
              context:
                cluster: kip
                user: kip
            current-context: kip

            """);
    }

    private static bool Says(string path, params ReadOnlySpan<string> lines)
    {
        var present = File.ReadLines(path).Select(static line => line.Trim()).ToHashSet();
        foreach (var line in lines)
            if (!present.Contains(line)) return false;
        return true;
    }
}
