"""The kinds of things in a Word or Excel file that act or fetch when it is opened, each with the way to remove it."""

from enum import Enum

from config.errors import Refused
from intake.files.refusals import refused


class Acts(Enum):
    """What acts or fetches, and the way to remove it."""

    MACRO = (
        "có macro (VBA); chọn Lưu thành (Save As) dạng .docx hoặc .xlsx thường rồi gửi",
        "contains macros (VBA); save it as plain .docx or .xlsx and send it again",
    )
    MACRO_SHEET = (
        "có trang macro Excel 4.0 (XLM); bấm chuột phải vào tên trang đó, chọn Xóa (Delete), lưu lại rồi gửi",
        "contains an Excel 4.0 macro sheet (XLM); delete that sheet, save and send it again",
    )
    CONTROL = (
        "có nút, ô điều khiển ActiveX; vào thẻ Nhà phát triển (Developer), xóa chúng, hoặc xuất ra PDF, rồi gửi",
        "contains ActiveX controls; delete them on the Developer tab, or export to PDF",
    )
    EMBEDDED = (
        "có tệp khác nhúng bên trong; bấm vào biểu tượng tệp đó, nhấn Delete, rồi gửi tệp đó riêng",
        "has another file embedded; delete its icon and send that file separately",
    )
    PROGRAM = (
        "có chương trình (.exe, .js, .bat …) bên trong; mở bằng Word hoặc Excel, lưu lại thành tệp mới rồi gửi",
        "contains a program, such as .exe, .js or .bat; open it in Word or Excel, save it as a new file and send that",
    )
    HTML = (
        "có phần trang web (HTML) chèn vào; chọn hết, cắt, dán lại dạng Chỉ giữ chữ (Keep Text Only), lưu rồi gửi",
        "contains inserted web page parts (HTML); cut them and paste them back as text only",
    )
    PICTURE = (
        "có hình vẽ chứa mã lệnh; xóa hình đó, chụp lại, chèn ảnh PNG hoặc JPEG rồi gửi",
        "has a drawing that contains script; replace it with a PNG or JPEG image",
    )
    RIBBON = (
        "có thanh công cụ riêng (customUI) gọi lệnh khi mở; chép nội dung sang tệp mới, lưu rồi gửi",
        "has a custom ribbon (customUI) that runs code; copy the content into a new file",
    )
    QUERY = (
        "có truy vấn lấy dữ liệu từ mạng hoặc cơ sở dữ liệu; vào Dữ liệu > Truy vấn và Kết nối (Queries & Connections),"
        " xóa các kết nối, lưu rồi gửi",
        "contains queries to the network or a database; delete them under Data > Queries & Connections",
    )
    WORKBOOK_LINK = (
        "có liên kết tới bảng tính khác; vào Dữ liệu > Sửa liên kết (Edit Links) > Ngắt liên kết, lưu rồi gửi",
        "links to another workbook; break it under Data > Edit Links",
    )
    TEMPLATE = (
        "dùng mẫu nằm trên mạng; vào Tệp > Tùy chọn > Phần bổ trợ > Mẫu (Templates), bỏ đường dẫn mẫu, lưu rồi gửi",
        "uses a template on the network; detach it under File > Options > Add-ins > Templates",
    )
    LINKED_PICTURE = (
        "có ảnh lấy từ nơi khác mỗi khi mở; bấm vào ảnh, nhấn Ctrl+Shift+F9 (hoặc chèn lại ảnh vào tệp), lưu rồi gửi",
        "has images that are fetched when it is opened; insert the images into the file",
    )
    ELSEWHERE = (
        "có phần lấy từ tệp hay địa chỉ khác mỗi khi mở; bỏ phần đó hoặc xuất ra PDF rồi gửi",
        "has parts that are fetched from another file or address when it is opened; remove them, or export to PDF",
    )
    DDE = (
        "có trường DDE lấy dữ liệu từ chương trình khác; chọn hết (Ctrl+A), nhấn Ctrl+Shift+F9 để thành chữ thường, lưu"
        " rồi gửi",
        "contains a DDE field that takes data from another program; turn the fields into text (Ctrl+A, Ctrl+Shift+F9)",
    )
    FIELD = (
        "có trường lấy nội dung từ tệp khác hoặc ghép tên lệnh từ trường khác; chọn hết (Ctrl+A), nhấn Ctrl+Shift+F9,"
        " lưu rồi gửi",
        "contains a field that includes another file or builds a command from other fields; turn the fields into "
        "text (Ctrl+A, Ctrl+Shift+F9)",
    )
    FORMULA = (
        "có công thức lấy dữ liệu từ mạng hoặc gọi chương trình (WEBSERVICE, RTD, CALL …); chép ô, dán dạng Giá trị"
        " (Values), lưu rồi gửi",
        "has formulas that fetch from the network or call programs (as WEBSERVICE, RTD, CALL); copy the cells and "
        "paste them as values",
    )


def acting(name: str, what: Acts) -> Refused:
    return refused(name, *what.value)
