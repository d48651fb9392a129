using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace AccessLogWebhook.Tests.Support;

/// <summary>
/// A real browser without a window, driven by the DevTools protocol. Found by <c>$CHROMIUM</c> or on the <c>PATH</c>.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    public const string Missing = "No Chromium: set CHROMIUM to one, or install chromium.";

    // On a busy machine a browser takes its time to start; only a failing test ever waits this long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly Process process;
    private readonly TemporaryDirectory profile;
    private readonly ClientWebSocket socket = new();
    private string session = "";
    private int lastId;

    private Chromium(Process process, TemporaryDirectory profile) => (this.process, this.profile) = (process, profile);

    /// <summary>The executable; null where there is none.</summary>
    public static string? Executable { get; } = Find();

    /// <summary>What the page wrote to its console, and what its policy or the network refused.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<Chromium> OpenAsync(string file)
    {
        var profile = new TemporaryDirectory();
        var process = Process.Start(new ProcessStartInfo(
            Executable!,
            ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0", $"--user-data-dir={profile.Path}", "about:blank"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var browser = new Chromium(process, profile);
        try
        {
            await browser.ConnectAsync(file).WaitAsync(Patience);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var result = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        return result["exceptionDetails"] is { } fault ? throw new InvalidOperationException(fault.ToJsonString()) : result["result"]!["value"]?.DeepClone();
    }

    public async Task<string> TextAsync(string expression) => (string?)await EvaluateAsync(expression) ?? "";

    /// <summary>Waits, frame by frame, until an expression is true.</summary>
    public Task UntilAsync(string expression) => EvaluateAsync(
        $"new Promise((found, lost) => {{ let frames = 0; const look = () => {{ if ({expression}) found(true); else if (++frames > 600) lost(new Error('never')); else requestAnimationFrame(look); }}; look(); }})");

    /// <summary>Presses a key as a person does: <c>a</c>, <c>/</c>, <c>Tab</c>, <c>ArrowDown</c>.</summary>
    public async Task PressAsync(string key)
    {
        var text = key.Length == 1 ? key : key == "Enter" ? "\r" : null;
        var code = key switch
        {
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            "ArrowDown" => 40,
            "ArrowUp" => 38,
            " " => 32,
            _ => 0,
        };
        var down = new JsonObject { ["type"] = text is null ? "rawKeyDown" : "keyDown", ["key"] = key, ["windowsVirtualKeyCode"] = code };
        if (text is not null)
        {
            down["text"] = text;
        }

        await SendAsync("Input.dispatchKeyEvent", down);
        await SendAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyUp", ["key"] = key, ["windowsVirtualKeyCode"] = code });
    }

    public async Task TypeAsync(string text)
    {
        foreach (var character in text)
        {
            await PressAsync(character.ToString());
        }
    }

    /// <param name="feature">A media feature and its value: <c>prefers-color-scheme</c>, <c>dark</c>.</param>
    public Task EmulateAsync(string feature, string value, string media = "") => SendAsync(
        "Emulation.setEmulatedMedia",
        new JsonObject { ["media"] = media, ["features"] = new JsonArray(new JsonObject { ["name"] = feature, ["value"] = value }) });

    public Task ResizeAsync(int width) => SendAsync(
        "Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        for (var tries = 0; ; tries++)
        {
            try
            {
                profile.Dispose();
                return;
            }
            catch (IOException) when (tries < 100)
            {
                // Its children have been told to end, and still write.
                await Task.Yield();
            }
        }
    }

    private async Task ConnectAsync(string file)
    {
        const string told = "DevTools listening on ";
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync() ?? throw new InvalidOperationException("Chromium ended before it listened.");
        }
        while (!line.StartsWith(told, StringComparison.Ordinal));
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        await socket.ConnectAsync(new Uri(line[told.Length..]), CancellationToken.None);
        var target = await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        session = (string)(await SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true }))["sessionId"]!;
        await SendAsync("Log.enable", []);
        await SendAsync("Runtime.enable", []);
        await SendAsync("Page.enable", []);
        await SendAsync("Page.navigate", new JsonObject { ["url"] = new Uri(file).AbsoluteUri });
        await UntilAsync("document.readyState === 'complete' && location.protocol === 'file:'");
    }

    private async Task<JsonObject> SendAsync(string method, JsonObject parameters)
    {
        var id = ++lastId;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session.Length > 0)
        {
            message["sessionId"] = session;
        }

        await socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        while (true)
        {
            var answer = await ReceiveAsync().WaitAsync(Patience);
            if ((string?)answer["method"] is "Log.entryAdded" or "Runtime.consoleAPICalled" or "Runtime.exceptionThrown")
            {
                Complaints.Add(answer.ToJsonString());
            }
            else if ((int?)answer["id"] == id)
            {
                return answer["error"] is { } error ? throw new InvalidOperationException($"{method}: {error.ToJsonString()}") : answer["result"]!.AsObject();
            }
        }
    }

    private async Task<JsonObject> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!.AsObject();
    }

    private static string? Find()
    {
#pragma warning disable RS0030 // Where the tests find their tools, no setting of the product.
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named)
        {
            return named;
        }

        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
#pragma warning restore RS0030
        return (from name in Names
                from directory in directories
                let path = Path.Combine(directory, name)
                where File.Exists(path)
                select path).FirstOrDefault();
    }
}
