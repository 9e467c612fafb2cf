using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.Host.CommandLine;
using Kip.Host.Platform;
using Kip.Host.Platform.Starting;

namespace Kip.Host.Commands;

/// <summary><c>kip ca</c>: the certificate that clients have to trust for HTTPS, and how to make them.</summary>
internal static class CaCommand
{
    private static readonly Option<bool> Pem = new("--pem") { Description = "Print the certificate itself and nothing else" };
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "ca", "Show the certificate authority of this platform, which clients have to trust for HTTPS.", "kip ca", "kip ca --pem > kip-ca.crt")
        .With(PlatformOptionSymbols.Data).With(Pem).With(Output)
        .Does(RunAsync);

    private static Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var data = DataFolder.Choose(parsed.GetValue(PlatformOptionSymbols.Data));
        var path = data.Path("ca.crt");
        if (!File.Exists(path))
            throw new CommandFailure($"there is no certificate authority in {data.Root} yet; the first start makes one: kip up{Welcome.DataOption(data)}");
        var authority = Authority.Read(path, InstanceFile.Read(data)?.Https);
        if (parsed.GetValue(Pem)) Console.Out.Write(authority.Pem);
        else if (parsed.GetValue(Output) == "json") Console.Out.WriteLine(JsonSerializer.Serialize(authority, AuthorityJson.Default.Authority));
        else Explain(Console.Out, authority);
        return Task.CompletedTask;
    }

    private static void Explain(TextWriter output, Authority authority) => output.WriteLine($"""
        {authority.Path}
          Subject      {authority.Subject}
          SHA-256      {authority.Sha256}
          Valid until  {authority.NotAfter:yyyy-MM-dd}
          HTTPS        {authority.Https ?? "off; switch it on with: kip up --https 127.0.0.1:8443"}

        Its key lies beside it, readable by you alone: who has the key can pretend to be any site to whoever trusts it.

        To trust it for one command:
          curl --cacert {authority.Path} https://hello.default.localhost:{(authority.Https is { } https ? new Uri(https).Port : 8443)}/
        To trust it in programs:
          Python      REQUESTS_CA_BUNDLE={authority.Path}
          Node        NODE_EXTRA_CA_CERTS={authority.Path}
          Go, .NET, Ruby, curl   SSL_CERT_FILE={authority.Path}   (instead of the system's, so only where nothing else is called)
        To trust it on this machine (Debian, Ubuntu):
          sudo cp {authority.Path} /usr/local/share/ca-certificates/kip.crt && sudo update-ca-certificates
        Firefox and Chromium keep their own list: Settings, Certificates, Authorities, Import.
        """);
}

/// <summary>What <c>kip ca -o json</c> prints.</summary>
internal sealed record Authority(string Path, string Subject, string Sha256, DateTime NotAfter, string? Https, string Pem)
{
    public static Authority Read(string path, string? https)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(path);
        return new(
            path, certificate.Subject, certificate.GetCertHashString(HashAlgorithmName.SHA256), certificate.NotAfter.ToUniversalTime(), https,
            File.ReadAllText(path));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Authority))]
internal sealed partial class AuthorityJson : JsonSerializerContext;
