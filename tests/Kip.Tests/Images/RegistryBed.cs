using System.Net;
using System.Net.Sockets;
using Kip.Images.Pulling;
using Kip.Images.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.Tests.Images;

/// <summary>Kip's own registry on a free port, over a folder of its own.</summary>
internal sealed class RegistryBed : IAsyncDisposable
{
    private RegistryBed(ImageBed bed, RegistryServer server, RegistryToken token) => (Bed, Server, Token) = (bed, server, token);

    public ImageBed Bed { get; }

    public RegistryServer Server { get; }

    public RegistryToken Token { get; }

    /// <summary><c>127.0.0.1:PORT</c>.</summary>
    public string Host => Server.EndPoint.ToString();

    public string Credentials => $"kip:{Token.Value}";

    public static async Task<RegistryBed> StartAsync(string settings = "", Func<RegistryOptions, RegistryOptions>? options = null, Func<Socket, Socket>? first = null)
    {
        var bed = new ImageBed();
        bed.Settings(settings);
        var token = RegistryToken.Open(bed.Folder);
        var listening = Listening();
        var usual = new RegistryOptions();
        var server = await RegistryServer.StartAsync(
            listening, first?.Invoke(listening), options?.Invoke(usual) ?? usual, bed.Images, token, new RegistrySettingsFile(Path.Combine(bed.Folder, "registries.yaml")),
            TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        bed.Own.ListensAt(server.EndPoint);
        return new(bed, server, token);
    }

    private static Socket Listening()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    /// <summary>A client that has logged in.</summary>
    public HttpClient Client(bool anonymous = false)
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://{Host}/") };
        if (!anonymous) client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Credentials)));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Bed.Dispose();
    }
}
