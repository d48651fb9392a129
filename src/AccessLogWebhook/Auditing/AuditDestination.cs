using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AccessLogWebhook.Auditing;

/// <summary>Where the trail goes: <c>stdout</c>, or a file that is appended to.</summary>
internal static partial class AuditDestination
{
    public const string StandardOutput = "stdout";

    // <fcntl.h> of Linux, the same on x64 and arm64: O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC; and what .NET gives a new file, less the umask.
    private const int Appending = 0x1 | 0x40 | 0x400 | 0x80000;
    private const int NewFile = 0x1B6;

    /// <summary>
    /// Opens it for what is to be written now. A file is opened by its name for each batch, since others move it away, cut it or write to it: lines then go wherever that name leads, at the
    /// end that the file has at that moment.
    /// </summary>
    /// <remarks>
    /// The end is Linux's to find, with each write: <see cref="FileMode.Append"/> finds it once, when it opens, and writes at places that it counts from there, over what another process has
    /// appended. Elsewhere, where the program serves for development only, that has to do.
    /// </remarks>
    public static Stream Open(string destination) => destination == StandardOutput ? Console.OpenStandardOutput()
        : OperatingSystem.IsLinux() ? OpenAtEnd(destination)
        : new FileStream(destination, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Whether it may be closed and opened again: a file may. A pipe's reader would take that for the end.</summary>
    public static bool IsReopened(Stream destination) => destination is FileStream { CanSeek: true };

    /// <summary>Why it cannot be opened, a sentence; null where it can.</summary>
    public static string? Problem(string destination)
    {
        if (destination == StandardOutput)
        {
            return null;
        }

        try
        {
            Open(destination).Dispose();
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return $"{destination}: the audit trail cannot be written there (auditing.trail): {fault.Message}";
        }
    }

    private static FileStream OpenAtEnd(string path)
    {
        var descriptor = Open(path, Appending, NewFile);
        return descriptor >= 0
            ? new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0)
            : throw new IOException($"{path} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);
}
