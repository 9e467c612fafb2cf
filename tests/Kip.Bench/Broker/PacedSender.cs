using System.Globalization;
using System.Text;

namespace Kip.Bench.Broker;

/// <summary>Sends events at a fixed rate, whatever becomes of the ones before; each says when it should have been sent.</summary>
internal static class PacedSender
{
    /// <summary>The extension with the moment of sending, in ticks of the monotonic clock.</summary>
    public const string SentAt = "benchsent";

    /// <returns>How many were acknowledged.</returns>
    public static async Task<int> RunAsync(Uri url, int rate, int bytes, int seconds)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 512 });
        var body = Encoding.ASCII.GetBytes(new string('x', bytes));
        var time = TimeProvider.System;
        var (began, count) = (time.GetTimestamp(), rate * seconds);
        var sending = new List<Task<bool>>(count);
        // A millisecond's worth at a time: timers are not finer.
        while (sending.Count < count)
        {
            var due = Math.Min(count, (int)(time.GetElapsedTime(began).TotalSeconds * rate) + 1);
            while (sending.Count < due)
                sending.Add(SendAsync(http, url, body, began + (long)(sending.Count * (double)time.TimestampFrequency / rate), sending.Count));
            await Task.Delay(1);
        }
        return (await Task.WhenAll(sending)).Count(static accepted => accepted);
    }

    private static async Task<bool> SendAsync(HttpMessageInvoker http, Uri url, byte[] body, long due, int id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Headers.Add("ce-specversion", "1.0");
        request.Headers.Add("ce-id", id.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("ce-source", "/bench");
        request.Headers.Add("ce-type", "bench.event");
        request.Headers.Add("ce-" + SentAt, due.ToString(CultureInfo.InvariantCulture));
        using var response = await http.SendAsync(request, CancellationToken.None);
        return (int)response.StatusCode == 202;
    }
}
